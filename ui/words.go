package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"semblance/catalog/query"
)

// count prints a number with a thin gap between thousands: "100 000".
func count(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return sign + s
}

// plural prints a number and its word: "1 photo", "2 photos".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return count(n) + " " + word + "s"
}

// percent prints a probability with one decimal, as the card shows it.
func percent(p float32) string { return fmt.Sprintf("%.1f %%", p*100) }

// duration says in words how long something still takes.
func duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Seconds()+.5)))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()+.5))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()+.5))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24+.5))
}

// fileSize prints a number of bytes.
func fileSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// className is what the filter panel calls a class: "Latino/Hispanic" for "latino_hispanic".
func className(field, class string) string {
	for _, f := range query.Fields() {
		if f.Name != field {
			continue
		}
		for _, v := range f.Values {
			if v.Name == class {
				return v.Title
			}
		}
	}
	return class
}

// capital begins s with a capital letter.
func capital(s string) string {
	if s == "" || s[0] >= utf8.RuneSelf { // stars have none
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
