package kernels

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// preferHugePages advises the kernel, which may be set to use huge pages only where it
// is advised to. Its answer doesn't matter: the memory is good in any case.
func preferHugePages(values []float32) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
	page := uintptr(unix.Getpagesize())
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(bytes))) % page) // advice is for whole pages
	_ = unix.Madvise(bytes[skip:len(bytes)-(len(bytes)-skip)%int(page)], unix.MADV_HUGEPAGE)
}
