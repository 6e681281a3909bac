package pool

import (
	"bytes"

	"purser.example/internal/account"
)

// JudgeFile lets the fuzz test at files without a database.
func JudgeFile(file []byte, roster map[string]Member) (Import, error) {
	read, err := readFile(bytes.NewReader(file))
	if err != nil {
		return Import{}, err
	}
	defer read.Clear()
	s := &Service{accounts: account.NewService(account.Parts{})}
	return s.judge(read, roster), nil
}
