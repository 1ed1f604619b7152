package pingmfa

// links reads the hypertext references of an answer.
func (r *raw) links() map[string]string {
	if r == nil {
		return nil
	}
	out := make(map[string]string)
	members(lookup(r.body, "_links"), func(rel, link []byte) {
		if link[0] == '{' {
			out[string(rel)] = textOf(link, "href")
		}
	})
	return out
}

// link reads one of them; empty when there is none.
func (r *raw) link(rel string) string {
	if r == nil {
		return ""
	}
	return textOf(lookup(lookup(r.body, "_links"), rel), "href")
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
