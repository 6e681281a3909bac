package audit

// texts are all texts of the entry but its details, in the order in which the MAC covers them.
func (e *Entry) texts() [10]*string {
	return [10]*string{
		&e.Actor.Issuer, &e.Actor.Subject, &e.Actor.Name, &e.Actor.SignIn, (*string)(&e.Action),
		&e.Target.Kind, &e.Target.ID, &e.Target.Name, &e.Origin.Request, &e.Origin.Address,
	}
}
