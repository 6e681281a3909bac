// Package coding packs answers for browsers, by brotli or gzip, whichever a browser takes and prefers.
//
// It works from memory to memory, so that what it takes is a processor's time and nothing else: an answer that goes on while it is
// sent, such as a stream, must not pass through here.
package coding

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/andybalholm/brotli/matchfinder"
)

// Coding is a content coding of HTTP, as its headers spell it.
type Coding string

// The codings, the one that packs best first.
const (
	Brotli Coding = "br"
	Gzip   Coding = "gzip"
	None   Coding = ""
)

// Accepted is the coding for a browser that sends this Accept-Encoding: the one that packs best among those it wants most.
func Accepted(header string) Coding {
	best, most := None, 0.0
	for _, coding := range []Coding{Brotli, Gzip} {
		if wanted := quality(header, coding); wanted > most {
			best, most = coding, wanted
		}
	}
	return best
}

// quality is how much a browser wants a coding, from 0 for not at all to 1. A star stands for those that are not named.
func quality(header string, of Coding) float64 {
	others := 0.0
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		name, wanted := strings.TrimSpace(name), 1.0
		if text, given := strings.CutPrefix(strings.TrimSpace(parameter), "q="); given {
			wanted, _ = strconv.ParseFloat(text, 64) // what cannot be read is not wanted
		}
		if strings.EqualFold(name, string(of)) {
			return wanted
		}
		if name == "*" {
			others = wanted
		}
	}
	return others
}

// packer is what both libraries offer. Their writers keep tables that are worth more than one answer.
type packer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// Quick levels, for what is packed once for one reader: the next ones pack a page some percent smaller and take twice as long.
var quick = map[Coding]*sync.Pool{
	Brotli: {New: func() any { return brotliOf(&matchfinder.ZFast{MaxDistance: reach}) }},
	Gzip: {New: func() any {
		writer, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		if err != nil {
			panic("coding: " + err.Error())
		}
		return writer
	}},
}

// brotliOf is what brotli.NewWriterV2 makes, with the one way of finding repetitions that is asked for: the function itself brings all of
// them along, of which two are used (docs/decisions/0021-size.md).
func brotliOf(finder matchfinder.MatchFinder) *matchfinder.Writer {
	return &matchfinder.Writer{MatchFinder: finder, Encoder: &brotli.Encoder{}, BlockSize: 1 << 16}
}

// reach is how far back a repetition may be, in bytes.
const reach = 1 << 20

// Pack writes the body to packed, quickly.
func (c Coding) Pack(packed *bytes.Buffer, body []byte) {
	writer := quick[c].Get().(packer)
	defer quick[c].Put(writer)
	writer.Reset(packed)
	finish(writer, body)
}

// Best is the body as small as it gets, for what is packed once and sent often.
func (c Coding) Best(body []byte) []byte {
	var packed bytes.Buffer
	switch c {
	case Brotli:
		writer := brotliOf(&matchfinder.Bargain3{MaxDistance: reach})
		writer.Reset(&packed)
		finish(writer, body)
	case Gzip:
		writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			panic("coding: " + err.Error())
		}
		finish(writer, body)
	default:
		return body
	}
	return packed.Bytes()
}

// finish writes all of the body. Writing to memory cannot fail.
func finish(writer io.WriteCloser, body []byte) {
	_, _ = writer.Write(body)
	_ = writer.Close()
}
