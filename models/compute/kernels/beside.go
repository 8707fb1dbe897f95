package kernels

// Second returns another CPU over the same cores, for use in [CPU.Beside]. Closing the first CPU closes it
// too.
func (c *CPU) Second() *CPU {
	if c.second == nil {
		c.second = New(c.path, c.Threads())
	}
	return c.second
}

// Beside runs two functions at the same time, the first with kernels on c and the second with those of
// [CPU.Second]. Each has half of the threads, and all of them once the other has returned: small kernels use
// a thread better this way than if all threads worked on one kernel. On one thread the functions run one
// after the other.
func (c *CPU) Beside(first, second func()) {
	other := c.Second()
	if c.Threads() == 1 {
		first()
		second()
		return
	}
	c.pool.crowd.Store(2)
	other.pool.crowd.Store(2)
	failed := make(chan any, 1)
	go func() {
		defer func() {
			c.pool.crowd.Store(1)
			failed <- recover()
		}()
		second()
	}()
	defer func() {
		other.pool.crowd.Store(1)
		if fault := <-failed; fault != nil {
			panic(fault)
		}
	}()
	first()
}
