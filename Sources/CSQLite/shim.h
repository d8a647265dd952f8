#include <sqlite3.h>
#ifdef __linux__
// statfs(2), which Swift's Glibc module leaves out: what kind of file system a database would lie on.
#include <sys/vfs.h>
#endif
