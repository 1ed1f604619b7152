package pingmfa

import "github.com/pingmfa/pingmfa-go/gen"

// links reads the hypertext references of an answer.
func (r *raw) links() map[string]string {
	var wire struct {
		Links gen.Links `json:"_links"`
	}
	if r == nil || unmarshalLenient(r.body, &wire) != nil {
		return nil
	}
	out := make(map[string]string, len(wire.Links))
	for rel, link := range wire.Links {
		out[rel] = link.Href
	}
	return out
}

// Links reads the hypertext references of the answer by relation, anew each time. An open set, any of which may be
// absent.
func (a *Authentication) Links() map[string]string {
	if a == nil {
		return nil
	}
	return a.raw.links()
}

// Links reads the hypertext references of the answer by relation, anew each time. An open set, any of which may be
// absent.
func (d *Device) Links() map[string]string {
	if d == nil {
		return nil
	}
	return d.raw.links()
}
