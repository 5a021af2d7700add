System.Console.WriteLine("FieldSupport bench: see --help");
