package photo

import "testing"

// A block that names itself an option file but has a colour space, or is cut anywhere, is no Adobe RGB.
func TestAdobeRGB(t *testing.T) {
	block := "MM\x00\x2A\x00\x00\x00\x08" +
		"\x00\x01\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1A\x00\x00\x00\x00" +
		"\x00\x02\xA0\x01\x00\x03\x00\x00\x00\x01\xFF\xFF\x00\x00\xA0\x05\x00\x04\x00\x00\x00\x01\x00\x00\x00\x38\x00\x00\x00\x00" +
		"\x00\x01\x00\x01\x00\x02\x00\x00\x00\x04R03\x00\x00\x00\x00\x00"
	if !AdobeRGB([]byte(block)) {
		t.Error("Adobe RGB is not recognised")
	}
	for name, other := range map[string]string{
		"sRGB":  block[:36] + "\x00\x01" + block[38:],
		"R98":   block[:68] + "R98" + block[71:],
		"loop":  block[:48] + "\x00\x00\x00\x1A" + block[52:],
		"empty": "",
	} {
		if AdobeRGB([]byte(other)) {
			t.Errorf("%s is taken for Adobe RGB", name)
		}
	}
	for n := range block[:68] {
		if AdobeRGB([]byte(block[:n])) {
			t.Errorf("the first %d bytes are taken for Adobe RGB", n)
		}
	}
}
