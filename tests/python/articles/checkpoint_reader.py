import tensorflow as tf

# tf.train.NewCheckpointReader reads all variables of a checkpoint; .data and .index are left out.
reader = tf.train.NewCheckpointReader('path/to/model/model.ckpt')

# A dictionary of the variables' names and shapes.
global_variables = reader.get_variable_to_shape_map()
for variable_name in sorted(global_variables):
    print(variable_name, global_variables[variable_name])

# The value of the variable v1.
print("Value for variable v1 is ", reader.get_tensor("v1"))
