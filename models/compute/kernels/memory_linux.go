package kernels

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// preferHugePages advises the kernel, which may be configured to use huge pages only on advice. The result
// doesn't matter: the memory works either way.
func preferHugePages(values []float32) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
	page := uintptr(unix.Getpagesize())
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(bytes))) % page) // the advice needs complete pages
	_ = unix.Madvise(bytes[skip:len(bytes)-(len(bytes)-skip)%int(page)], unix.MADV_HUGEPAGE)
}
