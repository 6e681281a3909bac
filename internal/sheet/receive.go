package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Receive reads a file whole, to be cleared by the caller, and leaves no other copy in memory. It returns problem.Invalid for one of
// more than so many bytes.
func Receive(file io.Reader, most int) ([]byte, error) {
	size := 64 << 10
	if known, ok := file.(interface{ Len() int }); ok {
		size = known.Len() + 1 // one more, to see that nothing follows
	}
	held := make([]byte, 0, min(size, most+1))
	for {
		if len(held) == cap(held) {
			held = grown(held, min(2*cap(held), most+1))
		}
		n, err := file.Read(held[len(held):cap(held)])
		held = held[:len(held)+n]
		switch {
		case len(held) > most:
			clear(held)
			return nil, refusef("The file is larger than %d MB. Split it into smaller ones.", most>>20)
		case errors.Is(err, io.EOF):
			return held, nil
		case err != nil:
			clear(held)
			return nil, err
		}
	}
}

func grown(held []byte, size int) []byte {
	more := make([]byte, len(held), size)
	copy(more, held)
	clear(held)
	return more
}

var (
	errEncoding = refuse("The file is not text in UTF-8 or UTF-16. Save it as CSV UTF-8, and try again.")
	errWorkbook = refuse("The file is an Excel workbook, not text in UTF-8 or UTF-16. In Excel, save it as CSV UTF-8, and try again.")
)

// decode gives the file as UTF-8 without a mark at its beginning, in place where it can.
func decode(raw []byte) ([]byte, error) {
	text, order := raw, binary.ByteOrder(nil)
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return nil, errWorkbook
	case bytes.HasPrefix(raw, []byte{0xef, 0xbb, 0xbf}):
		text = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		text, order = raw[2:], binary.LittleEndian
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		text, order = raw[2:], binary.BigEndian
	case len(raw) > 1 && raw[1] == 0: // the head is ASCII, so this is no text of one byte a letter
		order = binary.LittleEndian
	case len(raw) > 1 && raw[0] == 0:
		order = binary.BigEndian
	}
	if order != nil {
		var err error
		if text, err = fromUTF16(text, order); err != nil {
			return nil, err
		}
		clear(raw)
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		clear(text)
		return nil, errEncoding
	}
	return text, nil
}

// fromUTF16 refuses half a letter: a sign put in its place would change a password.
func fromUTF16(raw []byte, order binary.ByteOrder) ([]byte, error) {
	if len(raw)%2 != 0 {
		return nil, errEncoding
	}
	text := make([]byte, 0, len(raw)/2*3)
	for ; len(raw) > 0; raw = raw[2:] {
		letter := rune(order.Uint16(raw))
		if utf16.IsSurrogate(letter) {
			var half rune
			if len(raw) > 2 {
				raw = raw[2:]
				half = rune(order.Uint16(raw))
			}
			if letter = utf16.DecodeRune(letter, half); letter == utf8.RuneError {
				clear(text)
				return nil, errEncoding
			}
		}
		text = utf8.AppendRune(text, letter)
	}
	return text, nil
}
