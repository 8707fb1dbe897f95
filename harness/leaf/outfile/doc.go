// Package outfile is the one writer of files and folders. What it writes appears under
// its name complete and synced to disk, or not at all:
//
//   - [Write], [WriteBytes] and [Create] write a file. The content goes to a temporary
//     file beside the target, which is synced and renamed, and the folder is synced.
//   - [CreateFolder] writes a folder of several files.
//   - Each of these also removes what killed writers of the same file or folder left beside
//     it. [Sweep] removes what killed writers left in a folder.
//
// A new file has the mode 0666 less the umask; an existing one keeps its mode, and its
// owner where the process may set it. A symbolic link stays, and its target is replaced.
// Other hard links of an existing file keep the old content. A file that the user may
// not write is not replaced, even where the folder would allow it.
//
// What is not a regular file (a device, a pipe, /dev/stdout, /dev/fd/3) is written as it
// is, and never replaced; so is a file that is a mount point of its own, after its
// content is complete. These can be left half written.
//
// Errors are [*fs.PathError] and name the file as the caller named it. Nothing here is safe for use by several
// goroutines at once.
package outfile
