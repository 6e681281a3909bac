// Package mail sends letters over SMTP (R92, R6).
//
// It owns the conversation with the one server of PURSER_SMTP_HOST and how a letter is written: plain text that is good by itself with HTML
// beside it, and a Message-ID that is always the same for the same letter, so that a letter that is sent again after a broken connection is
// recognized. What is sent when, and to whom, is decided elsewhere.
//
// A recipient whom the server refuses does not keep the others from getting the letter. The server's own words stay out of errors: they
// may quote the letter.
package mail
