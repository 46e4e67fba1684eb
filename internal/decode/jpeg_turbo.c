//go:build cgo && !noturbo

#include "jpeg_turbo.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 1005000
#error "Semblance needs libjpeg-turbo 1.5 or later; build with -tags noturbo to do without"
#endif

struct jpeg_reader {
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr err;
	struct jpeg_source_mgr src;
	jmp_buf fail;
	size_t at;       // how far the file was read, between steps
	size_t scan_end; // the end of the last whole scan
	int whole_scans;
	int smoothed; // what lacks in an incomplete file is guessed from the neighbours of blocks
	jpeg_file file; // during a step
	int created, started, failure;
	char message[JMSG_LENGTH_MAX];
};

// How an error leaves the library: with its words kept, back into guarded.
static void failed(j_common_ptr c)
{
	jpeg_reader *r = c->client_data;
	c->err->format_message(c, r->message);
	switch (c->err->msg_code) {
	case JERR_OUT_OF_MEMORY:
	case JERR_NO_BACKING_STORE:
		r->failure = JPEG_FAILED_MEMORY;
		break;
	case JERR_BAD_PRECISION:
	case JERR_SOF_UNSUPPORTED:
	case JERR_ARITH_NOTIMPL:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_CCIR601_NOTIMPL:
	case JERR_FRACT_SAMPLE_NOTIMPL:
	case JERR_NOTIMPL:
	case JERR_NOT_COMPILED:
		r->failure = JPEG_FAILED_UNSUPPORTED;
		break;
	default:
		r->failure = JPEG_FAILED_DAMAGED;
	}
	longjmp(r->fail, 1);
}

// A level below 0 is a warning: the data are damaged. What is odd before the picture (bytes
// between segments, an unknown revision of JFIF) costs no pixels and is passed over.
static void warned(j_common_ptr c, int level)
{
	jpeg_reader *r = c->client_data;
	if (level >= 0 || !r->started)
		return;
	if (c->err->num_warnings++ == 0)
		c->err->format_message(c, r->message);
}

static void silent(j_common_ptr c) { (void)c; }

static void source_nothing(j_decompress_ptr c) { (void)c; }

// At the end of the file the end of the picture is made up, as often as it is asked for.
static boolean source_end(j_decompress_ptr c)
{
	static const JOCTET end[2] = {0xFF, JPEG_EOI};
	WARNMS(c, JWRN_JPEG_EOF);
	c->src->next_input_byte = end;
	c->src->bytes_in_buffer = 2;
	return TRUE;
}

static void source_skip(j_decompress_ptr c, long n)
{
	if (n <= 0)
		return;
	if ((size_t)n > c->src->bytes_in_buffer) {
		c->src->fill_input_buffer(c);
		return;
	}
	c->src->next_input_byte += n;
	c->src->bytes_in_buffer -= (size_t)n;
}

// How far the file is read. Numbers are compared, because the end that is made up lies elsewhere.
static size_t place(const jpeg_reader *r)
{
	size_t next = (size_t)r->src.next_input_byte, first = (size_t)r->file.data;
	return next >= first && next <= first + r->file.size ? next - first : r->file.size;
}

typedef int (*step)(jpeg_reader *r, void *arguments);

// Runs a step: the only place that errors return to. The file's address is known to the library
// only meanwhile; between steps its place is a number.
static int guarded(jpeg_reader *r, jpeg_file f, step s, void *arguments)
{
	if (r->failure)
		return -1;
	r->file = f;
	r->src.next_input_byte = f.data + r->at;
	r->src.bytes_in_buffer = f.size - r->at;
	volatile int result = -1;
	if (setjmp(r->fail) == 0)
		result = s(r, arguments);
	r->at = place(r);
	r->file.data = r->src.next_input_byte = NULL;
	r->src.bytes_in_buffer = 0;
	return result;
}

jpeg_reader *jpeg_reader_new(void) { return calloc(1, sizeof(jpeg_reader)); }

void jpeg_reader_free(jpeg_reader *r)
{
	if (r->created)
		jpeg_destroy_decompress(&r->c);
	free(r);
}

int jpeg_reader_failure(const jpeg_reader *r) { return r->failure; }
const char *jpeg_reader_message(const jpeg_reader *r) { return r->message; }

static int header(jpeg_reader *r, void *arguments)
{
	jpeg_facts *facts = arguments;
	jpeg_create_decompress(&r->c);
	r->created = 1;
	r->c.src = &r->src;
	jpeg_read_header(&r->c, TRUE);
	facts->width = r->c.image_width;
	facts->height = r->c.image_height;
	facts->components = r->c.num_components;
	facts->cmyk = r->c.jpeg_color_space == JCS_CMYK || r->c.jpeg_color_space == JCS_YCCK;
	facts->adobe = r->c.saw_Adobe_marker;
	facts->coefficients = 0;
	if (jpeg_has_multiple_scans(&r->c)) {
		for (int i = 0; i < r->c.num_components; i++) {
			const jpeg_component_info *p = &r->c.comp_info[i];
			size_t across = (p->width_in_blocks + p->h_samp_factor - 1) / p->h_samp_factor * p->h_samp_factor;
			size_t down = (p->height_in_blocks + p->v_samp_factor - 1) / p->v_samp_factor * p->v_samp_factor;
			facts->coefficients += across * down * sizeof(JBLOCK);
		}
	}
	return 0;
}

int jpeg_reader_header(jpeg_reader *r, jpeg_file f, jpeg_facts *facts)
{
	r->c.err = jpeg_std_error(&r->err);
	r->err.error_exit = failed;
	r->err.emit_message = warned;
	r->err.output_message = silent;
	r->c.client_data = r;
	r->src.init_source = source_nothing;
	r->src.fill_input_buffer = source_end;
	r->src.skip_input_data = source_skip;
	r->src.resync_to_restart = jpeg_resync_to_restart;
	r->src.term_source = source_nothing;
	return guarded(r, f, header, facts);
}

struct start_arguments {
	int eighths;
	size_t max_memory;
};

static int start(jpeg_reader *r, void *arguments)
{
	struct start_arguments *a = arguments;
	j_decompress_ptr c = &r->c;
	c->scale_num = (unsigned)a->eighths;
	c->scale_denom = 8;
	int cmyk = c->jpeg_color_space == JCS_CMYK || c->jpeg_color_space == JCS_YCCK;
	c->out_color_space = cmyk ? JCS_CMYK : JCS_EXT_RGBA;
	c->mem->max_memory_to_use = (long)a->max_memory;
	// Files of several scans are read by jpeg_reader_consume, which can be interrupted.
	c->buffered_image = jpeg_has_multiple_scans(c);
	r->started = 1;
	jpeg_start_decompress(c);
	return 0;
}

int jpeg_reader_start(jpeg_reader *r, jpeg_file f, int eighths, size_t max_memory)
{
	struct start_arguments a = {eighths, max_memory};
	return guarded(r, f, start, &a);
}

struct consume_arguments {
	int rows, max_scans;
};

static int consume(jpeg_reader *r, void *arguments)
{
	struct consume_arguments *a = arguments;
	j_decompress_ptr c = &r->c;
	if (!c->buffered_image)
		return 0;
	for (int n = a->rows; n > 0;) {
		if (c->input_scan_number > a->max_scans) {
			WARNMS(c, JWRN_BOGUS_PROGRESSION);
			snprintf(r->message, sizeof r->message, "More than %d scans", a->max_scans);
			return 0;
		}
		switch (jpeg_consume_input(c)) {
		case JPEG_REACHED_EOI:
			return 0;
		case JPEG_SCAN_COMPLETED:
			// The marker behind a scan may have been read, but not what follows it.
			r->scan_end = place(r) - (c->unread_marker ? 2 : 0);
			r->whole_scans = c->input_scan_number;
			n--;
			break;
		case JPEG_ROW_COMPLETED:
			n--;
			break;
		}
	}
	return 1;
}

int jpeg_reader_consume(jpeg_reader *r, jpeg_file f, int rows, int max_scans, size_t *scan_end)
{
	struct consume_arguments a = {rows, max_scans};
	int result = guarded(r, f, consume, &a);
	*scan_end = r->scan_end;
	return result;
}

// Whether scans of a progressive file are missing: bits of a coefficient that no scan told.
static int incomplete(j_decompress_ptr c)
{
	if (!c->progressive_mode || c->coef_bits == NULL)
		return 0;
	for (int i = 0; i < c->num_components; i++)
		for (int k = 0; k < DCTSIZE2; k++)
			if (c->coef_bits[i][k] != 0)
				return 1;
	return 0;
}

struct output_arguments {
	unsigned *x, *width;
};

static int output(jpeg_reader *r, void *arguments)
{
	struct output_arguments *a = arguments;
	j_decompress_ptr c = &r->c;
	if (c->buffered_image) {
		r->smoothed = incomplete(c);
		if (r->smoothed && c->err->num_warnings++ == 0)
			snprintf(r->message, sizeof r->message, "Scans are missing");
		jpeg_start_output(c, r->whole_scans > 0 ? r->whole_scans : c->input_scan_number);
	}
	// 2.1.5 puts columns into wrong places for 4:1:0 at a scale, and guesses otherwise at the edge of a
	// part; what is rare is decoded at its full width.
	if (r->smoothed || (*a->x == 0 && *a->width == c->output_width) || c->max_h_samp_factor > 2 || c->max_v_samp_factor > 2) {
		*a->x = 0;
		*a->width = c->output_width;
		return 0;
	}
	JDIMENSION x = *a->x, width = *a->width;
	jpeg_crop_scanline(c, &x, &width);
	*a->x = x;
	*a->width = width;
	return 0;
}

int jpeg_reader_output(jpeg_reader *r, jpeg_file f, unsigned *x, unsigned *width)
{
	struct output_arguments a = {x, width};
	return guarded(r, f, output, &a);
}

static int skip(jpeg_reader *r, void *arguments)
{
	j_decompress_ptr c = &r->c;
	unsigned rows = *(unsigned *)arguments;
	if (!r->smoothed)
		return (int)jpeg_skip_scanlines(c, rows);
	JSAMPARRAY row = c->mem->alloc_sarray((j_common_ptr)c, JPOOL_IMAGE, c->output_width * 4, 1);
	for (unsigned i = 0; i < rows; i++)
		jpeg_read_scanlines(c, row, 1);
	return (int)rows;
}

int jpeg_reader_skip(jpeg_reader *r, jpeg_file f, unsigned rows)
{
	return guarded(r, f, skip, &rows);
}

struct rows_arguments {
	unsigned char *pix;
	size_t stride;
	int rows, done;
};

static int rows(jpeg_reader *r, void *arguments)
{
	struct rows_arguments *a = arguments;
	while (a->done < a->rows) {
		JSAMPROW row[16];
		int n = 0;
		for (; n < 16 && a->done + n < a->rows; n++)
			row[n] = a->pix + (size_t)(a->done + n) * a->stride;
		int got = (int)jpeg_read_scanlines(&r->c, row, (JDIMENSION)n);
		if (got == 0)
			break;
		a->done += got;
	}
	return a->done;
}

int jpeg_reader_rows(jpeg_reader *r, jpeg_file f, unsigned char *pix, size_t stride, int count)
{
	struct rows_arguments a = {pix, stride, count, 0};
	guarded(r, f, rows, &a);
	return a.done; // also those before a failure
}

static int finish(jpeg_reader *r, void *arguments)
{
	(void)arguments;
	if (!r->c.buffered_image)
		jpeg_finish_decompress(&r->c);
	return 0;
}

int jpeg_reader_finish(jpeg_reader *r, jpeg_file f) { return guarded(r, f, finish, NULL); }
