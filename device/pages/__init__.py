"""What becomes of a scanned or photographed page: found, squared, straightened, bound, marked, read.

``work`` is the front room and all that the rest of the box needs: it lets a child process do the work. The other
modules are pure functions over bytes and are imported in that child alone, because their libraries are large and
because a picture from outside may make them hang, crash or eat memory. Those libraries are the extra ``pages``; a box
without them starts, and says what is missing when a page comes.
"""
