package task

// Store is a folder in which the program keeps files.
type Store struct {
	// ID is "sessions", "models" or "choices".
	ID, Path string
	Bytes    int64
	Files    int
}

// The stores.
const (
	// StoreSessions holds optimised sessions, which are built again when needed.
	StoreSessions = "sessions"
	// StoreModels holds downloaded models.
	StoreModels = "models"
	// StoreChoices holds preprocessing and class names chosen for models, and
	// which were opened lately.
	StoreChoices = "choices"
)
