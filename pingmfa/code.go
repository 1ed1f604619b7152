package pingmfa

// The codes that PingOne is known to answer with, as [Error].Code or as the code of a detail: [Error.Has] looks at
// both. They are open sets.
//
// CodeLimitExceeded is the reason of a refused device when the user has as many as he may (400), and of a rate that is
// used up (429): look at the status class or at Code, too.
const (
	CodeInvalidData     = "INVALID_DATA"
	CodeInvalidRequest  = "INVALID_REQUEST"
	CodeRequestFailed   = "REQUEST_FAILED"
	CodeAccessFailed    = "ACCESS_FAILED"
	CodeNotFound        = "NOT_FOUND"
	CodeRequestLimited  = "REQUEST_LIMITED"
	CodeUnexpectedError = "UNEXPECTED_ERROR"

	CodeAccountNotUsable        = "ACCOUNT_NOT_USABLE"
	CodeConstraintViolation     = "CONSTRAINT_VIOLATION"
	CodeEmptyValue              = "EMPTY_VALUE"
	CodeExtraOTPRequired        = "EXTRA_OTP_REQUIRED"
	CodeInsufficientPermissions = "INSUFFICIENT_PERMISSIONS"
	CodeInvalidOTP              = "INVALID_OTP"
	CodeInvalidParameter        = "INVALID_PARAMETER"
	CodeInvalidToken            = "INVALID_TOKEN"
	CodeInvalidValue            = "INVALID_VALUE"
	CodeLicenseExceeded         = "LICENSE_EXCEEDED"
	CodeLimitExceeded           = "LIMIT_EXCEEDED"
	CodeAuthMethodsConflict     = "MFA_AUTH_METHODS_CONFLICT"
	CodeNoUsableDevices         = "NO_USABLE_DEVICES"
	CodeOutOfRange              = "OUT_OF_RANGE"
	// CodeQuotaExceeded is a user's daily number of messages (429). It does not hold back calls for other users.
	CodeQuotaExceeded       = "QUOTA_EXCEEDED"
	CodeRequiredValue       = "REQUIRED_VALUE"
	CodeSizeLimitExceeded   = "SIZE_LIMIT_EXCEEDED"
	CodeUniquenessViolation = "UNIQUENESS_VIOLATION"
)
