package profile

// CheckUsername lets the fuzz test at the rule itself.
var CheckUsername = checkUsername
