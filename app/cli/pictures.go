package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// maxPictures bounds what a folder may bring.
const maxPictures = 20_000

const galleryPrefix = task.GalleryPrefix

// titled is a picture by its name in the user's language.
func titled(ref task.ImageRef) string {
	return ref.Title(func(key string) string { return i18n.T(key) })
}

var pictureEndings = []string{".jpg", ".jpeg", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// pictures expands what was named: files, folders (with those inside),
// patterns, and "gallery:NAME" or "gallery:PATTERN". several says that the
// names can mean more than one picture, even if they do not today: a report
// then goes to a folder.
func pictures(names []string, gallery []task.GalleryItem) (list []string, several bool, err error) {
	several = len(names) > 1
	for _, name := range names {
		more, many, err := expand(name, gallery)
		if err != nil {
			return nil, false, err
		}
		list, several = append(list, more...), several || many
		if len(list) > maxPictures {
			return nil, false, unusable("more than %d pictures are too many for one run; name fewer", maxPictures)
		}
	}
	return list, several, nil
}

func expand(name string, gallery []task.GalleryItem) (list []string, many bool, err error) {
	if pattern, ok := strings.CutPrefix(name, galleryPrefix); ok {
		if !strings.ContainsAny(pattern, "*?[") {
			return []string{name}, false, nil
		}
		for _, g := range gallery {
			if ok, err := path.Match(pattern, strings.TrimPrefix(g.Ref, galleryPrefix)); err != nil {
				return nil, true, usage("picture %s: the pattern is not closed", name)
			} else if ok {
				list = append(list, g.Ref)
			}
		}
		return nonEmpty(name, list)
	}
	if st, err := os.Stat(name); err == nil {
		if !st.IsDir() {
			return []string{name}, false, nil
		}
		list, err := inFolder(name)
		if err != nil {
			return nil, true, err
		}
		return nonEmpty(name, list)
	}
	if strings.ContainsAny(name, "*?[") {
		list, err := filepath.Glob(name)
		if err != nil {
			return nil, true, usage("picture %s: the pattern is not closed", name)
		}
		return nonEmpty(name, list)
	}
	// The engine says what is wrong with it, when its turn comes.
	return []string{name}, false, nil
}

func nonEmpty(name string, list []string) ([]string, bool, error) {
	if len(list) == 0 {
		return nil, true, unusable("picture %s: there is none; look at the name of the folder or the pattern", name)
	}
	return list, true, nil
}

// inFolder walks a folder in order of name. Links to folders are not
// followed, hidden folders are left out.
func inFolder(root string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == root:
			return err
		case err != nil:
			// An unreadable folder hides only what is in it.
			return nil
		case d.IsDir():
			if path != root && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(path))):
			if list = append(list, path); len(list) > maxPictures {
				return fs.SkipAll
			}
		}
		return nil
	})
	if err != nil {
		return nil, unusable("folder %s: cannot be read: %v", root, err)
	}
	return list, nil
}
