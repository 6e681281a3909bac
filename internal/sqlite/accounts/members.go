package accounts

// Members are the members of account pools, as saved or in force, of whom a password is stored: the pool is p, the member m, and what is stored
// c. A member who is both as saved and in force is there twice.
const Members = `pools p JOIN pool_members m ON m.reading_id IN (p.reading_id, p.force_reading)
	JOIN pool_credentials c ON c.tenant_id = p.tenant_id AND c.class = p.class AND c.user_id = m.user_id AND (c.password IS NOT NULL OR c.app_password IS NOT NULL)`

// MemberPlace is the place of one of Members, as pool.MemberAt reads it.
const MemberPlace = `c.tenant_id || '/' || c.class || '/' || c.user_id`
