/* Stands in for libEGL.so.1 on a machine without a graphics driver, so that skia can be loaded.
 *
 * We draw into memory only and never make a GPU context: no function here is ever called. They exist because the
 * dynamic loader wants every name resolved when the module is loaded. The names are the undefined egl* symbols of
 * skia-python 144 (`nm -D --undefined-only`). Rebuild with `make` in this folder.
 */
#define STUB(name) long name(void) { return 0; }

STUB(eglGetCurrentDisplay)
STUB(eglGetProcAddress)
STUB(eglQueryString)
