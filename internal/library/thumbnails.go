package library

import (
	"context"
	"errors"
	"fmt"
	"image"

	"semblance/internal/decode"
	"semblance/internal/photo"
)

// ThumbnailSide is the long side in pixels of the thumbnails that analysis leaves in the cache.
const ThumbnailSide = 320

// thumbnailBytes bounds the cache of thumbnails on disk.
const thumbnailBytes = 2 << 30

// cachedSide returns the long side of the thumbnails in the cache that serve one of longSide: there are few of them, so that a
// photo takes little room whatever sizes a window shows it in.
func cachedSide(longSide int) int {
	side := ThumbnailSide
	for side < longSide {
		side *= 2
	}
	return side
}

// Preview returns a picture of the photo that is quickly had: the thumbnail of that size out of the cache, and ready is true then; else a
// smaller one out of the cache, or the one that the camera put into the file, which may be of the photo before somebody edited it. Show it until Thumbnail has made
// the true one. The error is decode.ErrNoThumbnail where there is none. It reads little and decodes little, but it does: call it in a goroutine. The picture is the caller's.
func (l *Library) Preview(ctx context.Context, path string, longSide int) (img *image.RGBA, ready bool, err error) {
	id := l.content(path)
	if !id.IsZero() {
		side := cachedSide(longSide)
		if img, err := l.thumbs.Get(ctx, id, side); err == nil {
			return img, true, nil
		}
		if side > ThumbnailSide {
			if img, err := l.thumbs.Get(ctx, id, ThumbnailSide); err == nil {
				return img, false, nil
			}
		}
	}
	if img, err = l.viewer.EmbeddedThumbnail(ctx, path); err != nil {
		return nil, false, fmt.Errorf("%s: %w", path, err)
	}
	return img, false, nil
}

// content returns the identity of the photo at path if its file is as it was analysed, else zero.
func (l *Library) content(path string) photo.ID {
	e, _ := l.EntryAt(path)
	return e.ID
}

// Thumbnail returns a picture of the photo whose long side is at least longSide
// pixels, unless the photo is smaller, from the cache or made now. It reads and decodes: call it in a goroutine.
// The picture is shared: it must not be changed.
func (l *Library) Thumbnail(ctx context.Context, path string, longSide int) (*image.RGBA, error) {
	side := cachedSide(longSide)
	if id := l.content(path); !id.IsZero() {
		if img, err := l.thumbs.Get(ctx, id, side); err == nil {
			return img, nil
		}
	}
	var img *image.RGBA
	err := l.pipeline.WithPhoto(ctx, path, side, func(e *decode.Encoded) error {
		if cached, err := l.thumbs.Get(ctx, e.ID, side); err == nil {
			img = cached
			return nil
		}
		pixels, err := e.Pixels(ctx, side)
		if err != nil {
			return err
		}
		img = decode.Fit(pixels, side)
		l.keepThumbnail(e.ID, side, img)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return img, nil
}

// keepThumbnail puts a thumbnail into the cache. Where that cannot be, as on a full disk, everything works without, more slowly: it is told once.
func (l *Library) keepThumbnail(id photo.ID, side int, img *image.RGBA) {
	err := l.thumbs.Put(l.ctx, id, side, img)
	if err == nil || l.ctx.Err() != nil {
		return
	}
	l.uncached.Do(func() {
		l.log.Warn("keep thumbnail", "err", err)
		l.send(Event{Kind: Problem, Path: l.cache, Err: errors.New("thumbnails cannot be kept in this folder, so they are made again each time: " + reason(err))})
	})
}
