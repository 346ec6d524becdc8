FROM debian
RUN cat <<EOF > /file && python3 <<-PY
from EOF import x
EOF
	print(1)
	PY
