document.getElementById("page")!.textContent = document.getElementById("view")!.textContent;
