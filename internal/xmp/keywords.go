package xmp

import (
	"strings"

	"semblance/internal/photo"
)

// internalTags is the first level of what digiKam keeps among its tags for itself.
const internalTags = "_Digikam_Internal_Tags_"

// keywords brings the three lists together in which programs write keywords: digiKam's with slashes between the levels, Lightroom's with
// bars, and the flat one, which has the words of the others too. A flat word that is a level of another keyword says nothing new. Programs that
// know one of the lists leave the others as they are, so that none of them alone is all.
func (f *Facts) keywords(p *parser) {
	var out []string
	has, level := map[string]bool{}, map[string]bool{}
	add := func(keyword string) {
		if key := strings.ToLower(keyword); keyword != "" && !has[key] {
			has[key] = true
			out = append(out, keyword)
		}
	}
	lists := []struct{ space, local, separator string }{
		{nsDigiKam, "TagsList", "/"},
		{nsLightroom, "hierarchicalSubject", "|"},
	}
	for _, list := range lists {
		v, ok := p.get(list.space, list.local)
		if !ok {
			continue
		}
		f.Said |= Keywords
		for _, text := range v.texts() {
			levels := levelsOf(text, list.separator)
			if len(levels) == 0 || levels[0] == internalTags {
				continue
			}
			for _, l := range levels {
				level[strings.ToLower(l)] = true
			}
			add(strings.Join(levels, photo.TagSeparator))
		}
	}
	if v, ok := p.get(nsDC, "subject"); ok {
		f.Said |= Keywords
		for _, text := range v.texts() {
			levels := levelsOf(text, photo.TagSeparator)
			if len(levels) != 1 || !level[strings.ToLower(levels[0])] {
				add(strings.Join(levels, photo.TagSeparator))
			}
		}
	}
	f.Keywords = out
}

// levelsOf returns the levels of a keyword, none of them empty. A bar never is a part of one.
func levelsOf(keyword, separator string) []string {
	var levels []string
	for part := range strings.SplitSeq(strings.ReplaceAll(keyword, separator, photo.TagSeparator), photo.TagSeparator) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			levels = append(levels, part)
		}
	}
	return levels
}
