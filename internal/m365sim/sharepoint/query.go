package sharepoint

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// csomQuery is a request of CSOM: objects, and what is to be done with them.
type csomQuery struct {
	Actions struct {
		List []csomAction `xml:",any"`
	}
	ObjectPaths struct {
		List []csomPath `xml:",any"`
	}
}

// csomAction asks about an object (ObjectPath, Query) or calls it (Method).
type csomAction struct {
	XMLName    xml.Name
	ID         int             `xml:"Id,attr"`
	Path       int             `xml:"ObjectPathId,attr"`
	Name       string          `xml:"Name,attr"`
	Parameters []csomParameter `xml:"Parameters>Parameter"`
}

// csomPath says how an object is made: by a Constructor, by a StaticMethod of a type, or by a Method of another object.
type csomPath struct {
	XMLName    xml.Name
	ID         int             `xml:"Id,attr"`
	Parent     int             `xml:"ParentId,attr"`
	Name       string          `xml:"Name,attr"`
	Type       string          `xml:"TypeId,attr"`
	Parameters []csomParameter `xml:"Parameters>Parameter"`
}

// csomParameter is a plain value, or an object with properties.
type csomParameter struct {
	Type       string `xml:"TypeId,attr"`
	Text       string `xml:",chardata"`
	Properties []struct {
		Name string `xml:"Name,attr"`
		Text string `xml:",chardata"`
	} `xml:"Property"`
}

// property reads a property of the object by name.
func (p csomParameter) property(name string) string {
	for _, property := range p.Properties {
		if property.Name == name {
			return property.Text
		}
	}
	return ""
}

// csomSpace is the namespace of every element of a query.
const csomSpace = "http://schemas.microsoft.com/sharepoint/clientquery/2009"

// maxQueryDepth is deeper than any query of a client.
const maxQueryDepth = 24

var errQuery = errors.New("not a query of CSOM")

// readQuery reads a query. A document type and elements that lie too deep are refused before anything is made of them.
func readQuery(body []byte) (csomQuery, error) {
	var query csomQuery
	if err := checkXML(body); err != nil {
		return query, err
	}
	var frame struct {
		XMLName xml.Name
		csomQuery
	}
	if xml.Unmarshal(body, &frame) != nil || frame.XMLName.Local != "Request" || frame.XMLName.Space != csomSpace {
		return query, errQuery
	}
	return frame.csomQuery, nil
}

func checkXML(body []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(body))
	for depth := 0; ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errQuery
		}
		switch token.(type) {
		case xml.Directive:
			return errQuery
		case xml.StartElement:
			if depth++; depth > maxQueryDepth {
				return errQuery
			}
		case xml.EndElement:
			depth--
		}
	}
}

// path finds an object by its number.
func (q csomQuery) path(id int) (csomPath, bool) {
	for _, p := range q.ObjectPaths.List {
		if p.ID == id {
			return p, true
		}
	}
	return csomPath{}, false
}

// tenantType is the type of the one object from which the administration of a tenant starts.
const tenantType = "{268004ae-ef6b-4e9b-8425-127220d84719}"

// isTenant says whether the number is that of the tenant's object.
func (q csomQuery) isTenant(id int) bool {
	p, ok := q.path(id)
	return ok && p.XMLName.Local == "Constructor" && strings.EqualFold(p.Type, tenantType)
}
