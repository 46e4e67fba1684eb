//go:build linux || windows

package library

// watchLimit is how many folders are watched at most. On Linux all programs of a person share fs.inotify.max_user_watches,
// 8,192 in older kernels (inotify(7)).
const watchLimit = 2000
