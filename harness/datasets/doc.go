// Package datasets knows the public data sets that suites read: where they come
// from, their licence, and the size and SHA-256 of every file. It downloads them
// ([Puller]) and checks them ([File.Verify]). The data are not part of this
// project.
package datasets
