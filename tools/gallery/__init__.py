"""The gallery: twenty films of scripts as customers write them, each as a contact sheet in docs/gallery."""
