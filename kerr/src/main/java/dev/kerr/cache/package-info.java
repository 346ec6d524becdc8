/// What was fetched once and is kept: blobs by their digests, images by what they were made of.
///
/// Everything is correct without locks, which not all file systems have; where there are any, they keep several
/// processes from fetching the same at once.
package dev.kerr.cache;
