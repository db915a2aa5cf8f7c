// Package pb is the wire form of an ONNX file, generated from seewhy_onnxfile.proto.
package pb

//go:generate protoc --go_out=. --go_opt=paths=source_relative --proto_path=. seewhy_onnxfile.proto
