//go:build cgo && !noturbo

// Reading a JPEG through libjpeg-turbo's scanlines, so that errors of the library (which
// leave it by longjmp) never cross a Go frame, and no Go pointer stays in C after a call.

#ifndef SEMBLANCE_JPEG_TURBO_H
#define SEMBLANCE_JPEG_TURBO_H

#include <stddef.h>

// Why a step failed, as far as the caller tells it apart.
enum { JPEG_FAILED_DAMAGED = 1, JPEG_FAILED_UNSUPPORTED, JPEG_FAILED_MEMORY };

typedef struct jpeg_reader jpeg_reader;

// What the header says.
typedef struct {
	unsigned width, height;
	int components, cmyk, adobe;
	size_t coefficients; // bytes held for files of several scans, else 0
} jpeg_facts;

// One step of reading. data are the bytes of the whole file, the same ones in every step.
typedef struct {
	const unsigned char *data;
	size_t size;
} jpeg_file;

jpeg_reader *jpeg_reader_new(void); // NULL: no memory
void jpeg_reader_free(jpeg_reader *r);

// The steps, in this order. Each returns a negative number when it failed.

int jpeg_reader_header(jpeg_reader *r, jpeg_file f, jpeg_facts *facts);
// Begins decoding at eighths/8 of the size.
int jpeg_reader_start(jpeg_reader *r, jpeg_file f, int eighths, size_t max_memory);
// Reads so many rows of blocks of a file of several scans: 1 if there is more to read, 0 at the end
// and where the scan after the last allowed one begins. *scan_end is where the last whole scan ends
// in the file, 0 if none does, also when the step fails.
int jpeg_reader_consume(jpeg_reader *r, jpeg_file f, int rows, int max_scans, size_t *scan_end);
// Begins giving rows. Columns before *x and from *x + *width on may be left out; both become what
// the library gives.
int jpeg_reader_output(jpeg_reader *r, jpeg_file f, unsigned *x, unsigned *width);
int jpeg_reader_skip(jpeg_reader *r, jpeg_file f, unsigned rows);
// Writes rows of RGBA (CMYK if the facts say so), stride bytes apart; returns how many were written.
int jpeg_reader_rows(jpeg_reader *r, jpeg_file f, unsigned char *pix, size_t stride, int rows);
// After the last row: reads on to the end of the picture, so that what is wrong there is noticed.
int jpeg_reader_finish(jpeg_reader *r, jpeg_file f);

// The kind of failure, and the library's words for it or for its first warning since decoding began; "" if none.
int jpeg_reader_failure(const jpeg_reader *r);
const char *jpeg_reader_message(const jpeg_reader *r);

#endif
