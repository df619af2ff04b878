package theory_test

// models are all the systems that VALIDATION.md tells of, in its order.
func models() []model {
	var all []model
	for _, group := range [][]model{
		markovModels(), generalModels(), arrivalModels(), disciplineModels(), lossModels(), closedModels(),
		networkModels(), deliveryModels(), streamModels(), callModels(), routeModels(), exactModels(),
	} {
		all = append(all, group...)
	}
	return all
}
