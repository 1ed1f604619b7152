package pingmfa

// Region is where a PingOne environment lives. It decides both hosts, and a wrong one is an error: there is no default.
//
// Its value is the top-level domain of PingOne's hosts, which is also what to put into a configuration file.
type Region string

// The regions of PingOne.
const (
	NorthAmerica Region = "com"
	Canada       Region = "ca"
	Europe       Region = "eu"
	Australia    Region = "com.au"
	Singapore    Region = "sg"
	AsiaPacific  Region = "asia"
)

// Known reports whether r is one of the regions above.
func (r Region) Known() bool {
	switch r {
	case NorthAmerica, Canada, Europe, Australia, Singapore, AsiaPacific:
		return true
	}
	return false
}

func (r Region) authURL() string { return "https://auth.pingone." + string(r) }
func (r Region) apiURL() string  { return "https://api.pingone." + string(r) + "/v1" }
