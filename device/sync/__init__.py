"""Between this box and its hall: facts up, desired state down, numbers and commands across. The only owner of httpx."""
