package face

// EyeState is what can be seen of an eye, or of both eyes of a face.
type EyeState uint8

// The states of an eye. UnsureEyes is the zero value: nobody can tell.
const (
	UnsureEyes EyeState = iota
	EyesOpen
	EyesClosed
	NumEyeStates = iota
)

var eyeStateNames = [NumEyeStates]string{"unsure", "open", "closed"}

// String returns "unsure", "open" or "closed".
func (s EyeState) String() string { return name(eyeStateNames[:], int(s)) }

// EyeDoubt is why an eye cannot be judged. The zero value is: it can.
type EyeDoubt uint8

// The reasons. Their numbers are stored.
const (
	NoEyeDoubt EyeDoubt = iota
	EyeTooSmall
	EyeTurnedAway
	EyeCovered // by sunglasses, hair, a hand
	numEyeDoubts
)

var eyeDoubtNames = [numEyeDoubts]string{"", "too small", "turned away", "covered"}

// String returns the reason in words, "" for none.
func (d EyeDoubt) String() string { return name(eyeDoubtNames[:], int(d)) }

// Eye is one eye of a face.
type Eye struct {
	_     struct{} `cbor:",toarray"`
	Open  float32  // probability that it is open, 0..1, provided that it can be seen
	Doubt EyeDoubt // why it cannot be judged
}

// State returns the state if its probability is at least sure (Thresholds.Eyes), or UnsureEyes.
func (e Eye) State(sure float32) EyeState {
	switch {
	case e.Doubt != NoEyeDoubt:
		return UnsureEyes
	case e.Open >= sure:
		return EyesOpen
	case e.Open <= 1-sure:
		return EyesClosed
	}
	return UnsureEyes
}

// Eyes are both eyes of a face. Left is the subject's left one.
type Eyes struct {
	_     struct{} `cbor:",toarray"`
	Left  Eye
	Right Eye
}

// Open returns the probability that the eyes are open: the mean of those that can be
// judged, of both if neither can. A wink is about one half.
func (e Eyes) Open() float32 {
	switch {
	case e.Left.Doubt == NoEyeDoubt && e.Right.Doubt != NoEyeDoubt:
		return e.Left.Open
	case e.Left.Doubt != NoEyeDoubt && e.Right.Doubt == NoEyeDoubt:
		return e.Right.Open
	}
	return (e.Left.Open + e.Right.Open) / 2
}

// Top returns the more probable state of both eyes, EyesOpen or EyesClosed, and its probability.
func (e Eyes) Top() (EyeState, float32) {
	if p := e.Open(); p <= .5 {
		return EyesClosed, 1 - p
	}
	return EyesOpen, e.Open()
}

// Doubt returns why neither eye can be judged, NoEyeDoubt if one can.
func (e Eyes) Doubt() EyeDoubt {
	if e.Left.Doubt == NoEyeDoubt || e.Right.Doubt == NoEyeDoubt {
		return NoEyeDoubt
	}
	return e.Left.Doubt
}
