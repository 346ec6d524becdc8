/* What is given up before the first byte of the image is looked at. */
#ifndef KERR_FILESERVER_SANDBOX_H
#define KERR_FILESERVER_SANDBOX_H

/* From here on the process can read and write the descriptors it has, take memory and start threads; it can open
 * nothing, run nothing, and reach nobody. Returns NULL, or what could not be done, with errno set. */
const char *sandbox_enter(void);

#endif
