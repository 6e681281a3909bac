// Package mail sends letters over SMTP (R92, R6). It is a sender of package notify.
//
// It owns the conversation with the one server of PURSER_SMTP_HOST and how a message is written as a letter: plain text that is good by
// itself with HTML beside it, and a Message-ID that is always the same for the same letter, so that a letter that is sent again after a
// broken connection is recognized. What is sent when, and to whom, is decided elsewhere.
//
// Every letter goes to one person, so that one whom the server refuses keeps nobody else from theirs. The server's own words stay out of
// errors: they may quote the letter.
package mail
