package xmp

import (
	"strings"

	"semblance/internal/photo"
)

// label takes xmp:Label, a word, where it is one that is known, else the numbers of digiKam and darktable.
func (f *Facts) label(p *parser) {
	word, named := p.get(nsXMP, "Label")
	f.Word = strings.Join(strings.Fields(word.text), " ")
	if l, ok := labelNamed(f.Word); ok && named {
		f.Said, f.Label = f.Said|Label, l
		return
	}
	if n, ok := p.number(nsDigiKam, "ColorLabel"); ok {
		// digiKam's colours: none, red, orange, yellow, green, blue, magenta, grey, black, white.
		known := map[float64]photo.Label{0: photo.NoLabel, 1: photo.Red, 3: photo.Yellow, 4: photo.Green, 5: photo.Blue, 6: photo.Purple}
		if l, ok := known[n]; ok {
			f.Said, f.Label = f.Said|Label, l
		}
		return
	}
	v, ok := p.get(nsDarktable, "colorlabels")
	if !ok {
		return
	}
	f.Said |= Label
	for _, text := range v.texts() { // red, yellow, green, blue, purple; of several the first is taken
		if n, ok := parseNumber(text); ok && n >= 0 && n < float64(photo.NumLabels)-1 {
			f.Label = photo.Label(n) + photo.Red
			return
		}
	}
}

// labelNamed knows what Lightroom calls its labels in the languages that it speaks, and Bridge's own words. No word is no label.
func labelNamed(s string) (photo.Label, bool) {
	names := [photo.NumLabels]string{
		photo.NoLabel: "|none|no label|keine|aucun|ninguno|nessuno|geen|nenhum|ingen|brak",
		photo.Red:     "red|rot|rouge|rojo|rosso|rood|vermelho|röd|czerwony|красный|レッド|红色|紅色|빨강|select",
		photo.Yellow:  "yellow|gelb|jaune|amarillo|giallo|geel|amarelo|gul|żółty|жёлтый|желтый|イエロー|黄色|黃色|노랑|second",
		photo.Green:   "green|grün|vert|verde|groen|grön|zielony|зелёный|зеленый|グリーン|绿色|綠色|초록|approved",
		photo.Blue:    "blue|blau|bleu|azul|blu|blauw|blå|niebieski|синий|ブルー|蓝色|藍色|파랑|review",
		photo.Purple:  "purple|lila|violett|violet|pourpre|púrpura|morado|viola|paars|roxo|magenta|fioletowy|фиолетовый|パープル|紫色|보라|to do",
	}
	s = strings.ToLower(s)
	for l, words := range names {
		for word := range strings.SplitSeq(words, "|") {
			if s == word {
				return photo.Label(l), true
			}
		}
	}
	return photo.NoLabel, false
}
