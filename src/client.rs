//! Browser state; no markup. What needs a browser has a twin of the same names for the server's build.
