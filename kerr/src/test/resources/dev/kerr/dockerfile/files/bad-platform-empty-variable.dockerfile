FROM --platform=$NOTHING debian
