package pools

// ClassesWith is the question which pools an account is in, for a look at its plan.
const ClassesWith = classesWith
