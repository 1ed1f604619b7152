package pingmfatest

func (f *Fake) readAuthentication(*call) Response { return f.notFound() }

func (f *Fake) continueAuthentication(*call) Response { return f.notFound() }

func (f *Fake) activateDevice(*call) Response { return f.notFound() }
