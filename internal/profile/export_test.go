package profile

// CheckUsername lets the fuzz test at the rule itself.
var CheckUsername = checkUsername

// TenantCalled finds a tenant as files call it.
var TenantCalled = tenantCalled
