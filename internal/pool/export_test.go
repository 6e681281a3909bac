package pool

import (
	"bytes"

	"purser.example/internal/profile"
)

// JudgeFile lets the fuzz test at files without a database.
func JudgeFile(file []byte, roster map[string]Member) (Import, error) {
	rows, err := readFile(bytes.NewReader(file))
	if err != nil {
		return Import{}, err
	}
	s := &Service{profiles: profile.NewService(nil, nil, nil, nil, profile.Settings{}, nil)}
	return s.judge(rows, roster), nil
}
