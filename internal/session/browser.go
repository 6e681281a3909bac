package session

import "strings"

// families are the browsers that are told by name, each by what only it and those before it write into the User-Agent: nearly all of them
// claim to be Chrome and Safari too.
var families = []struct{ mark, name string }{
	{"Edg/", "Microsoft Edge"},
	{"EdgA/", "Microsoft Edge"},
	{"EdgiOS/", "Microsoft Edge"},
	{"OPR/", "Opera"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"Vivaldi/", "Vivaldi"},
	{"Firefox/", "Firefox"},
	{"FxiOS/", "Firefox"},
	{"HeadlessChrome/", "Chrome"},
	{"CriOS/", "Chrome"},
	{"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
}

// systems are told in the same way: Android says that it is Linux, and iPhones that they are like macOS.
var systems = []struct{ mark, name string }{
	{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"CrOS", "ChromeOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
}

// BrowserOf names the family of a browser and its system, such as "Firefox on Windows", by its User-Agent. The words are all ours, so that
// nothing which a stranger sent is kept or shown. Empty where neither is known.
func BrowserOf(userAgent string) string {
	family, system := named(families, userAgent), named(systems, userAgent)
	switch {
	case family == "" && system == "":
		return ""
	case family == "":
		return "Another browser on " + system
	case system == "":
		return family
	default:
		return family + " on " + system
	}
}

func named(list []struct{ mark, name string }, userAgent string) string {
	for _, known := range list {
		if strings.Contains(userAgent, known.mark) {
			return known.name
		}
	}
	return ""
}
