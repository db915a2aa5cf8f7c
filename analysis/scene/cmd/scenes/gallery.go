package main

func drawGallery(args []string) error { _ = args; return nil }
