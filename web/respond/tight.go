package respond

import "bytes"

// tight leaves out of a page, in place, the end tags that the standard lets it leave out: a list of fifty rows has some five hundred of
// them, and each browser or parser that keeps to the standard reads the same page without. What people typed is never taken for a tag:
// in a page it has no "<".
func tight(page []byte) []byte {
	kept := page[:0]
	for {
		at := bytes.Index(page, []byte("</"))
		end := at + 1 + bytes.IndexByte(page[at+1:], '>') + 1
		if at < 0 || end == at+1 {
			return append(kept, page...)
		}
		if spares(page[at:end], page[end:]) {
			kept = append(kept, page[:at]...)
		} else {
			kept = append(kept, page[:end]...)
		}
		page = page[end:]
	}
}

// spared are the end tags that mean nothing before what follows.
var spared = map[string][]string{
	"</head>":   {"<body"},
	"</body>":   {"</html>"},
	"</td>":     {"<td", "</tr>"},
	"</th>":     {"<th", "</tr>"},
	"</tr>":     {"<tr", "</tbody>"},
	"</p>":      {"</td>", "</div>", "<p>", "<p ", "<div", "<ul", "<form", "<table"},
	"</li>":     {"<li", "</ul>", "</ol>"},
	"</option>": {"<option", "</select>"},
}

func spares(tag, follows []byte) bool {
	for _, next := range spared[string(tag)] {
		if bytes.HasPrefix(follows, []byte(next)) {
			return true
		}
	}
	return false
}
