package docferry

// Reserve is what Save does on a file system without links.
var Reserve = reserve
