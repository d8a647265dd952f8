#include <sqlite3.h>

// What Swift cannot call itself, as it takes a variable number of arguments.
static inline int larder_sqlite3_config_memstatus(int enabled) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, enabled); }

#ifdef __linux__
// statfs(2), which Swift's Glibc module leaves out: what kind of file system a database would lie on.
#include <sys/vfs.h>
#endif
