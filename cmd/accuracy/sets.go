package main

// A set is a folder of labelled pictures.
type set struct {
	name string
	// own is the table in ownLabels that labels pictures of other sets; "" if the folder
	// has a labels.csv of its own.
	own string
	// yawToTheLeft: the set's yaw is positive where the nose points to the left of the picture.
	yawToTheLeft bool
	// says in the table's words which pictures these are.
	says string
}

// sets returns the sets that are measured.
func sets() []set {
	return []set{
		{name: "groups_hand", says: "group photos on which every face is boxed"},
		{name: "noface_hand", says: "photos without a person, half of them animal faces that another detector took for people's: a worst case, no rate of everyday photos"},
		{name: "afw", says: "photos with some of their faces labelled (iBUG 300-W)"},
		{name: "helen_test", says: "portraits (iBUG 300-W)"},
		{name: "dlib_faces", says: "photos of several people, small faces"},
		{name: "aflw2000_16", yawToTheLeft: true, says: "strongly turned heads; angles and points from a 3D fit"},
		{name: "genki4k", says: "heads from the web; angles are people's estimates"},
		{name: "celeb1k_test", says: "portraits; a beard is no hair"},
		{name: "lfw_hair_test", says: "heads of the press; in its masks a beard is hair and edges are coarse"},
		{name: "smiles64", says: "tight crops of 64 pixels"},
		{name: "fairface_val", says: "tight crops of 224 pixels; age and race are crowd judgements"},
		{name: "utkface", says: "tight crops of 200 pixels, even over age, race and gender"},
		{name: "fer2013", says: "tight crops of 48 pixels; people agree about two labels of three"},
		{name: "lfw_expr", says: "tight crops of 350 pixels; one annotator"},
		{name: "figaro1k_test", says: "whole photos of hair, many from behind: only faces that are found count"},
		{name: "glasses_denilv", says: "whole selfies"},
		{name: "goggles2", says: "one photo of a diver; there is no other picture of goggles"},
		{name: "labelled_haircolor", own: "labels/haircolor.csv", says: "heads of the other sets, labelled before any output was seen"},
		{name: "labelled_eyes", own: "labels/eyes.csv", says: "faces of the other sets, labelled before any output was seen"},
	}
}
