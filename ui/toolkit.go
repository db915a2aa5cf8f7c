package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"seewhy/assets/i18n"
)

// toolkitWords are those that the toolkit's own parts show, such as the dialog for
// files, by its names for them, in the language of the moment.
func toolkitWords() map[string]string {
	return map[string]string{
		"Advanced": i18n.T("Advanced"), "Cancel": i18n.T("Cancel"), "Confirm": i18n.T("Confirm"), "Copy": i18n.T("Copy"), "Create Folder": i18n.T("Create the folder"),
		"Cut": i18n.T("Cut"), "Enter filename": i18n.T("The file's name"), "Error": i18n.T("Error"), "Favourites": i18n.T("Places"), "File": i18n.T("a file"), "Folder": i18n.T("a folder"),
		"New Folder": i18n.T("New folder"), "No": i18n.T("No"), "OK": i18n.T("OK"), "Open": i18n.T("Choose"), "Paste": i18n.T("Paste"), "Quit": i18n.T("Quit"), "Redo": i18n.T("Redo"),
		"Save": i18n.T("Save"), "Select all": i18n.T("Select all"), "Show Hidden Files": i18n.T("Show hidden files"), "Undo": i18n.T("Undo"), "Yes": i18n.T("Yes"),
		"file.name": i18n.T("Name"), "file.parent": i18n.T("one up"),
	}
}

// tellToolkit gives the toolkit the words of the language of the moment. By itself
// it follows the system's, whatever the person has chosen.
func tellToolkit() {
	words, err := json.Marshal(toolkitWords())
	if err == nil {
		err = lang.AddTranslationsForLocale(words, lang.SystemLocale())
	}
	if err != nil {
		fyne.LogError("the toolkit keeps its own words", err)
	}
}
