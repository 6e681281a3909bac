package respond

import "bytes"

// spared are the end tags that HTML lets a page leave out where another element of the kind or the end of what holds them follows. A
// list of fifty rows has some five hundred of them. Whoever reads a page by the standard sees no difference.
var spared = map[string][]string{
	"</td>":     {"<td", "</tr>"},
	"</th>":     {"<th", "</tr>"},
	"</tr>":     {"<tr", "</tbody>"},
	"</li>":     {"<li", "</ul>", "</ol>"},
	"</option>": {"<option", "</select>"},
}

// tight leaves out of a page the end tags that it can spare, in place. What people typed is never taken for one: in a page it has
// no "<".
func tight(page []byte) []byte {
	kept := page[:0]
	for {
		at := bytes.Index(page, []byte("</"))
		if at < 0 {
			return append(kept, page...)
		}
		end := at + bytes.IndexByte(page[at:], '>') + 1
		if end <= at {
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

// spares says whether an end tag means nothing before what follows.
func spares(tag, follows []byte) bool {
	for _, next := range spared[string(tag)] {
		if bytes.HasPrefix(follows, []byte(next)) {
			return true
		}
	}
	return false
}
